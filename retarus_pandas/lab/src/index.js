import { focus } from './focus.js';
import { highlighting } from './highlighting.js';
import { insertion } from './insertion.js';
import { keys } from './keys.js';

export default [focus, highlighting, insertion, keys];

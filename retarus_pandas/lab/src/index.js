import { focus } from './focus.js';
import { highlighting } from './highlighting.js';
import { insertion } from './insertion.js';
import { keys } from './keys.js';
import { reopened } from './reopened.js';

export default [focus, highlighting, insertion, keys, reopened];

// JupyterLab takes the keys typed into a list for its own: "m" would make a text cell of the explorer's cell, the
// arrow would go to the next cell, and "d d" would delete it.
export const keys = {
  id: 'retarus-pandas:keys',
  description: "Leaves the keys typed into the explorer's lists to them.",
  autoStart: true,
  activate() {
    document.addEventListener('focusin', ({ target }) => {
      if (target.matches('.retarus-explorer select')) target.setAttribute('data-lm-suppress-shortcuts', 'true');
    });
  }
};

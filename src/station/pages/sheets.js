// Prints one section of the page: the others are hidden while the browser draws its pages.
for (const button of document.querySelectorAll('[data-print]')) {
  button.addEventListener('click', () => {
    const section = button.closest('section');
    section.dataset.printing = '';
    document.body.dataset.printing = '';
    window.print();
  });
}
window.addEventListener('afterprint', () => {
  delete document.body.dataset.printing;
  for (const section of document.querySelectorAll('section')) delete section.dataset.printing;
});

// Streamlit calls the default export anew for each change of a component's data, and the newest call counts. It does not
// promise the order in which they arrive: a call waits for `import()`, and two of those of one module may be fulfilled in
// either order while it loads (Chromium 156). A call that was overtaken is taken back at once (its cleanup follows in
// microtasks, Streamlit 1.67), so a call counts only when the next task finds it still standing. All wait for one promise,
// which keeps their order; who needs words that are not here yet waits for those as well, and must then still stand.
// English needs none and waits for nothing more. Data come in a list (pages/components/mount.py).
const ADDRESS = window.location.origin + "/descent/static/%script%";
let loading = null;

function load() {
  loading ??= import(ADDRESS).catch(async () => {
    loading = null;
    await new Promise((after) => setTimeout(after, 1000));
    return load(); // the server may be starting again
  });
  return loading;
}

export default function (component) {
  let cleanup = null, gone = false;
  const data = component.data[0];
  load();
  setTimeout(() => gone || load().then(({ folders }) => {
    const show = () => { if (!gone) cleanup = folders["%folder%"].mount({ ...component, data }); };
    const coming = gone ? null : folders.words.load(data.language, data.words);
    if (coming) coming.then(show);
    else show();
  }));
  return () => { gone = true; cleanup?.(); };
}

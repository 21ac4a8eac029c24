"""The front end as one script is the same front end."""

from pages.server.joined import JOINED
from tests.frontend.conftest import ROOT


def test_the_script_exports_what_the_indexes_export(lend_tab, harness_url):
    page = lend_tab()
    page.goto(harness_url)
    joined, modules = page.evaluate(
        """async ([script, names]) => {
            const { folders } = await import(URL.createObjectURL(new Blob([script], { type: "text/javascript" })));
            const kinds = (module) => Object.entries(module).map(([name, value]) => [name, typeof value]).sort();
            const plain = await Promise.all(names.map((name) => import(`/pages/frontend/${name}/index.js`)));
            return [names.map((name) => kinds(folders[name])), plain.map(kinds)];
        }""",
        [JOINED.script().text, sorted(path.parent.name for path in (ROOT / "pages/frontend").glob("*/index.js"))],
    )
    assert joined == modules
    assert sum(map(len, joined)) > 40

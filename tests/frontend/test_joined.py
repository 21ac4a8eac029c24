"""The front end as two scripts is the same front end."""

from tests.frontend.conftest import ROOT


def test_the_scripts_export_what_the_indexes_export(lend_tab, harness_url):
    page = lend_tab()
    page.goto(harness_url)
    joined, modules = page.evaluate(
        """async names => {
            const { folders: first } = await import("/descent/static/descent.js");
            const { folders } = await import("/descent/static/pages.js");
            if (Object.entries(first).some(([name, module]) => folders[name] !== module)) throw new Error("made twice");
            const kinds = (module) => Object.entries(module).map(([name, value]) => [name, typeof value]).sort();
            const plain = await Promise.all(names.map((name) => import(`/pages/frontend/${name}/index.js`)));
            return [names.map((name) => kinds(folders[name])), plain.map(kinds)];
        }""",
        sorted(path.parent.name for path in (ROOT / "pages/frontend").glob("*/index.js")),
    )
    assert joined == modules
    assert sum(map(len, joined)) > 40

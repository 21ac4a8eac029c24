"""Descent: watch a neural network learn. Start it with `python3 run.py` or `streamlit run app.py`.

This file is read twice. The server imports it for `app`: its routes, and the engine that lives as long as the
server. Streamlit then runs it for every page, and it becomes the page.
"""

from __future__ import annotations

import streamlit as st
from streamlit import runtime

if runtime.exists():
    from pages.components.bar import pages

    st.navigation(pages(), position="hidden").run()
else:
    from streamlit.runtime.pages_manager import PagesManager

    from pages.server.ahead import Ahead
    from pages.server.app import lifespan, routes
    from pages.server.identity import BrowserIdentity
    from pages.server.server_address import ServerAddress

    # Until a session has called `st.navigation`, Streamlit would make pages of its own of the folder `pages`: whoever
    # opens /runs first would get that script alone, beside a menu of our modules.
    PagesManager.uses_pages_directory = False

    middleware = [BrowserIdentity.middleware(), Ahead.middleware(), ServerAddress.middleware()]
    app = st.App(__file__, routes=routes(), lifespan=lifespan, middleware=middleware)

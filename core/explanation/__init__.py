"""Why a network decides as it does."""

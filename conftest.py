"""Names the plugin, so that ``pytest suites --scim-target URL`` works in a checkout."""

pytest_plugins = ["scimulator.pytest_plugin"]

"""The app with the people: what django-scim2 asks of a project, and no more."""

"""What turns a pytest run into a Scimulator run: options, selection, records, merging over workers."""

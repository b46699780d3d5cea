"""Copies of the whole database: backups that are restored and drilled, and an export that moves a workspace.

It works on whatever tables there are and knows no feature.
"""

"""Tests of searcharc.readers. All mail in them is invented."""

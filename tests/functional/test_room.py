"""While the disk has less than its reserve: nothing is published, and everything else goes on."""

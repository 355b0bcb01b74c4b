static void f(struct rb_root *root)
{
	for_each_thing(fname, next, root)
		while (BAD(fname)) {
			kfree(old);
		}
	for_each_thing(fname, next, root) {
		while (BAD(fname)) {
			kfree(old);
		}
	}
}

int f(void)
{
	put((struct point){.x=1,.y=2});
	put(wrap((struct point){.x=1}));
	put(({ int z = 1; z; }));
	put(wrap(({ int z = 1; z; })));
}

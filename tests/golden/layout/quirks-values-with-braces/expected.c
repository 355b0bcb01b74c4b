int f(void)
{
	store((struct point){
			.x = 1,
			.y = 2,
		});
	store(wrap((struct point){
				.x = 1,
			}));
	put(({ int z = 1; z; }));
	store(wrap(({int z = 1;z;})));
}

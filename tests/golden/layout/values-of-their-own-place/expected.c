int f(void)
{
	bar(a, b, 1);
	bar(a, /* why */ b, 1);
	bar(a, // why
	    b, 1);
	while (y) {
		first( );

		/* second */
		second(1,2); // third
		third( );
	}
	while (y) {
		first( );
		second(1,2);
		third( );
	}
	while (y) {
		first();
		second(1, 2);
	}
}

int f(void)
{
	foo(a,b);
	foo(a, /* why */ b);
	foo(a, // why
	    b);
	if (x) {
		first( );

		/* second */
		second(1,2); // third
		third( );
	}
	if (x)
	{
		first( );
		second(1,2);
		third( );
	}
	if (x) { first( );  second(1,2); }
}

int f(void)
{
	a = old(3
		#ifdef ONE
		/* one */
		    +5+50
		#endif
		);
	b = old(x
#ifdef TWO
		+ two	/* two */
#endif
	       );
}

int f(void)
{
	a = fresh(3
		#ifdef ONE
		  /* one */
		    +5+50
		#endif
		  , 0);
	b = fresh(x
#ifdef TWO
		  + two	/* two */
#endif
	       , 0);
}

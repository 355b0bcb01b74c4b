int f(void)
{
	if (a) {
		int i;

		#define MSG "a message"
		log(MSG,
		    i);
	} else {
		b(1,
		  2);
	}
	return 0;
}

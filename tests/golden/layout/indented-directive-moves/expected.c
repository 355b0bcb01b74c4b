int f(void)
{
	if (!a) {
		b(1,
		  2);
	} else {
		int i;

		#define MSG "a message"
		log(MSG,
		    i);
	}
	return 0;
}

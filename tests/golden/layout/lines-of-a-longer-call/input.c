static int check(struct unit *dev, int state)
{
	report("unit is in state %d, which is none of its states", state,
	       UNKNOWN);
	report("%d", rounded(state,
			     STEP),
	       UNKNOWN);
	report("%d",
					state);
	return report("%d", state
		      );
}

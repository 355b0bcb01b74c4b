static int check(struct unit *dev, int state)
{
	report_of_unit(dev,
		       "unit is in state %d, which is none of its states",
		       state, UNKNOWN);
	report_of_unit(dev, "%d", rounded(state,
					  STEP),
		       UNKNOWN);
	report_of_unit(dev, "%d",
					state);
	return report_of_unit(dev, "%d", state
		      );
}

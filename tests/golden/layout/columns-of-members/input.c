void f(struct rtc_time *tm)
{
	tm->tm_mon	= month;
	tm->tm_yday	= day + 1;
	tm.mday[1]	= day + 2;
}

int f(void)
{
	request(d, 0);
	request(d, request(e, 0));
	request(request(e, 1), 0);
	return request(0, request(g, 1));
}

int f(void)
{
	request(d, ONE);
	request(d, request(e, ONE));
	request(request(e, 1), ONE);
	return request(ZERO, request(g, 1) | ONE);
}

void f(void)
{
	for (struct bgp_attr_encap_subtlv *last = attr->encap_subtlvs;
	     last && last->next; last = last->next)
		;
}
void g(void)
{
	for (struct bgp_attr_encap_subtlv *last = attr->encap_subtlvs_of;
	     last && last->next && last->next->next; last = last->next)
		;
}

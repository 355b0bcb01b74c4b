int f(int *a)
<%
	put(a<:0:>);
	if (a<:1:>) <%
		put(a[0]);
	%>
%>

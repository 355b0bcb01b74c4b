int f(int *a)
<%
	store(a[0]);
	if (a<:1:>) <%
		store(a[0]);
	%>
%>

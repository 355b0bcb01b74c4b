
int counter;

@@
struct device *d;
@@
- d->driver_data
+ dev_get_drvdata(d)

// Third step: also where nothing is freed: the pointer goes stale at the end of the function.
@@
type T;
identifier dev, priv;
@@
(
i2c_set_clientdata(dev, priv);
|
priv = i2c_get_clientdata(dev);
|
T priv = i2c_get_clientdata(dev);
)
...
+ i2c_set_clientdata(dev, NULL);
? kfree(priv);

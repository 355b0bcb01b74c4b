// Fourth step: leave alone what is cleared before it is freed.
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
(
i2c_set_clientdata(dev, NULL);
...
kfree(priv);
|
+ i2c_set_clientdata(dev, NULL);
? kfree(priv);
)

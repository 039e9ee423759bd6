namespace EdgeVision.Geometry;

/// <summary>A place in a picture, in pixels; 0, 0 is the upper left corner of the first pixel.</summary>
public readonly record struct Point(float X, float Y);

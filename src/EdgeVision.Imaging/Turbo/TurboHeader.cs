namespace EdgeVision.Imaging.Turbo;

/// <summary>A picture's header as libjpeg-turbo reads it.</summary>
internal readonly record struct TurboHeader(int Width, int Height, TurboSubsampling Subsampling, TurboColours Colours);

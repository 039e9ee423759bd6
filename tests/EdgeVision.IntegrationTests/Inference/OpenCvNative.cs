using OpenCvSharp;

namespace EdgeVision.IntegrationTests.Inference;

/// <summary>OpenCV's library wants GTK 3, which test.sh installs; it exists for x64 only.</summary>
internal static class OpenCvNative
{
    private static readonly Lazy<string?> Trouble = new(static () =>
    {
        try
        {
            using var probe = new Mat(1, 1, MatType.CV_8UC1);
            return null;
        }
        catch (Exception e) when (e is DllNotFoundException or TypeInitializationException or OpenCvSharpException or BadImageFormatException)
        {
            return (e.InnerException ?? e).Message;
        }
    });

    public static void SkipIfAbsent()
    {
        if (Trouble.Value is { } trouble) Assert.Skip($"OpenCV does not load: {trouble}");
    }
}

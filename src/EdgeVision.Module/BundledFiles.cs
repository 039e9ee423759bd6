namespace EdgeVision.Module;

/// <summary>What is shipped beside the executable.</summary>
internal static class BundledFiles
{
    public static string Models => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>People on a street, 200 frames of 640 × 480.</summary>
    public static string Clip => Path.Combine(AppContext.BaseDirectory, "samples", "media", "pedestrians.mjpeg");

    /// <summary>The demo's camera: the bundled clip, again and again, at its own rate.</summary>
    public static string DemoCamera => $"file:{Clip}?loop=true&fps=10";

    /// <summary>A photograph of people and things.</summary>
    public static string GoldenPicture => Path.Combine(Models, EdgeVisionOptions.BundledModel, "golden.jpg");
}

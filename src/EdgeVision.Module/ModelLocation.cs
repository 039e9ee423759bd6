namespace EdgeVision.Module;

/// <summary>Where a model named in configuration or on the command line lies.</summary>
internal static class ModelLocation
{
    /// <summary>A bundled name stays a name, a path starts where the person stands.</summary>
    public static string FromCommandLine(string model) => IsBundled(model) && !Path.Exists(model) ? model : Path.GetFullPath(model);

    /// <summary>The folder or file to load; it need not exist.</summary>
    public static string Resolve(string model, string baseDirectory)
    {
        var path = Path.GetFullPath(model, baseDirectory);
        return !Path.Exists(path) && IsBundled(model) ? Path.Combine(BundledFiles.Models, model) : path;
    }

    private static bool IsBundled(string model) =>
        !model.Contains(Path.DirectorySeparatorChar, StringComparison.Ordinal) && Directory.Exists(Path.Combine(BundledFiles.Models, model));
}

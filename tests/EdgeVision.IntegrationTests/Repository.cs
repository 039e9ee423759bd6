namespace EdgeVision.IntegrationTests;

/// <summary>Where the checkout and the material beside it lie.</summary>
internal static class Repository
{
    /// <summary>The folder with EdgeVision.sln.</summary>
    public static string Root { get; } = FindRoot();

    public static string BundledModel => PathOf("models", "nanodet-g-416");

    /// <summary>A file or folder that only tests use.</summary>
    public static string Asset(string name) => PathOf("tests", "assets", name);

    public static string PathOf(params string[] parts) => Path.Combine([Root, .. parts]);

    /// <summary>Material that may not be copied into the repository; where it is absent the test says so and is skipped.</summary>
    public static string Shared(params string[] parts)
    {
        var path = Path.GetFullPath(Path.Combine([Root, "..", "shared", .. parts]));
        if (!Path.Exists(path)) Assert.Skip($"../shared/{string.Join('/', parts)} is not beside this checkout; its licence keeps it out of the repository.");
        return path;
    }

    private static string FindRoot()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "EdgeVision.sln"))) return folder.FullName;
        }

        throw new DirectoryNotFoundException("The tests run from a checkout: EdgeVision.sln was not found above the test assembly.");
    }
}

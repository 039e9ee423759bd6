namespace EdgeVision.Tests;

/// <summary>Where the tests find the project's own files, from wherever they are started.</summary>
internal static class Repository
{
    public static string Root { get; } = Find();

    private static string Find()
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "EdgeVision.sln"))) return at;
        }

        throw new InvalidOperationException("The tests are started outside of a checkout.");
    }
}

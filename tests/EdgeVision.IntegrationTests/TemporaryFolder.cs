namespace EdgeVision.IntegrationTests;

/// <summary>A folder of its own for one test, gone afterwards.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public string Path { get; } = Directory.CreateTempSubdirectory("edgevision-test-").FullName;

    public string this[string name] => System.IO.Path.Combine(Path, name);

    public string Write(string name, ReadOnlySpan<byte> bytes)
    {
        File.WriteAllBytes(this[name], bytes);
        return this[name];
    }

    /// <summary>Takes all permissions from a file or folder; where that stops nobody, the test says so and is skipped.</summary>
    public void Lock(string name)
    {
        if (OperatingSystem.IsWindows()) Assert.Skip("Windows has no file modes.");
        else if (Environment.IsPrivilegedProcess) Assert.Skip("root may read every file; run the tests as an ordinary user.");
        else File.SetUnixFileMode(this[name], UnixFileMode.None);
    }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}

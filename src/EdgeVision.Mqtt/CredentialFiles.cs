namespace EdgeVision.Mqtt;

/// <summary>
/// Whether the files with password and certificates are others than before: they are read at each connect, and an authority or a certificate that is replaced
/// before it ends shall be in use before it ends. Looked at twice a minute, by size and time of writing. One thread.
/// </summary>
internal sealed class CredentialFiles
{
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(30);

    private readonly string[] _paths;
    private readonly TimeProvider _time;
    private (DateTime Written, long Bytes)[] _known;
    private long _looked;

    public CredentialFiles(MqttOptions options, TimeProvider time)
    {
        string?[] paths = [options.PasswordFile, options.Tls.CaFile, options.Tls.ClientCertificateFile, options.Tls.ClientKeyFile];
        (_paths, _time) = ([.. paths.OfType<string>()], time);
        (_known, _looked) = (Stamps(), time.GetTimestamp());
    }

    /// <summary>True once for each change.</summary>
    public bool HaveChanged()
    {
        if (_paths.Length == 0 || _time.GetElapsedTime(_looked) < Interval) return false;
        _looked = _time.GetTimestamp();
        var now = Stamps();
        if (now.SequenceEqual(_known)) return false;
        _known = now;
        return true;
    }

    private (DateTime Written, long Bytes)[] Stamps() => [.. _paths.Select(static path =>
    {
        var file = new FileInfo(path);
        return file.Exists ? (file.LastWriteTimeUtc, file.Length) : default;
    })];
}

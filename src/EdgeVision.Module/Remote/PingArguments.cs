using System.Text;
using EdgeVision.Configuration;

namespace EdgeVision.Module.Remote;

/// <summary>Of <c>ping</c>.</summary>
internal sealed record PingArguments(string? Message)
{
    private const int MaxBytes = 1024;

    public static PingArguments Read(OptionsReader arguments) => new(arguments.Text("message", null, "Comes back; at most 1 KB.", text =>
        Encoding.UTF8.GetByteCount(text) is var bytes && bytes > MaxBytes ? $"has {bytes} bytes; at most {MaxBytes} come back" : null));
}

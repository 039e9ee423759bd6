using System.Buffers;
using System.Text;

namespace EdgeVision.Mqtt;

/// <summary>The command that shows a person the events.</summary>
public static class SubscribeCommand
{
    private static readonly SearchValues<char> Plain = SearchValues.Create("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_./:@");

    /// <summary>
    /// A line for a shell: <c>mosquitto_sub -h 127.0.0.1 -p 1883 -t 'edgevision/gate-7/#' -v</c>. It holds no password; with one, the
    /// last words are a placeholder for it.
    /// </summary>
    /// <param name="options">With a host, as the sink has them.</param>
    /// <param name="topics">Of the same sink.</param>
    public static string For(MqttOptions options, EventTopics topics)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(topics);
        var command = new StringBuilder("mosquitto_sub -h ").Append(Quote(options.Host ?? "127.0.0.1")).Append(" -p ").Append(options.Port);
        if (options.Tls.Enabled)
        {
            if (options.Tls.CaFile is { } ca) command.Append(" --cafile ").Append(Quote(ca));
            else command.Append(" --tls-use-os-certs");
            if (options.Tls is { ClientCertificateFile: { } certificate, ClientKeyFile: { } key })
                command.Append(" --cert ").Append(Quote(certificate)).Append(" --key ").Append(Quote(key));
        }

        if (options.User is not null) command.Append(" -u ").Append(Quote(options.User));
        command.Append(" -t '").Append(Escape(topics.All)).Append("' -v");
        if (options.PasswordFile is not null) command.Append(" -P \"$(head -n 1 ").Append(Quote(options.PasswordFile)).Append(")\"");
        else if (options.Password is not null) command.Append(" -P \"$EDGEVISION__MQTT__PASSWORD\"");
        return command.ToString();
    }

    private static string Quote(string word) =>
        word.Length > 0 && word.AsSpan().IndexOfAnyExcept(Plain) < 0 ? word : $"'{Escape(word)}'";

    private static string Escape(string word) => word.Replace("'", @"'\''", StringComparison.Ordinal);
}

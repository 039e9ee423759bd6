using EdgeVision.Configuration;
using EdgeVision.Delivery;

namespace EdgeVision.Mqtt;

/// <summary>
/// Encryption towards an external broker. The broker's certificate and name are always checked: there is no key that turns it off,
/// because whoever can answer for the broker reads what the cameras see.
/// </summary>
/// <param name="Enabled">TLS 1.2 or 1.3.</param>
/// <param name="CaFile">PEM; trusted instead of the authorities of the machine.</param>
/// <param name="ClientCertificateFile">PEM, for brokers that ask for one.</param>
/// <param name="ClientKeyFile">PEM, not encrypted.</param>
/// <param name="ServerName">Name that the broker's certificate must carry; null means the host.</param>
public sealed record MqttTlsOptions(bool Enabled, string? CaFile, string? ClientCertificateFile, string? ClientKeyFile, string? ServerName)
{
    public static MqttTlsOptions Read(OptionsReader options)
    {
        ArgumentNullException.ThrowIfNull(options);
        var read = new MqttTlsOptions(
            options.Flag("Enabled", false, "Encrypts the connection (TLS 1.2 or 1.3). The broker's certificate and name are always checked."),
            options.FilePath("CaFile", "PEM file with the authorities that may sign for the broker; without it those of the machine. Read again at every connect.", PemFile.CheckReadable),
            options.FilePath("ClientCertificateFile", "PEM file with the certificate of this node, for brokers that ask for one. Read again at every connect.", PemFile.CheckReadable),
            options.FilePath("ClientKeyFile", "PEM file with the key of ClientCertificateFile, not encrypted; readable by this user only.", PemFile.CheckReadable),
            options.Text("ServerName", null, "Name that the broker's certificate must carry, when it differs from Host (a tunnel, an address).", MqttEndpoint.CheckHost));
        read.CheckTogether(options);
        return read;
    }

    private void CheckTogether(OptionsReader options)
    {
        if (!Enabled)
        {
            if (CaFile is not null || ClientCertificateFile is not null || ClientKeyFile is not null)
                options.Refuse("Enabled", "is false, but certificate files are named; set it to true or remove them.");
            return;
        }

        if (CaFile is not null && !PemFile.TryLoadAuthorities(CaFile, out _, out var caError)) options.Refuse("CaFile", caError);
        if (ClientCertificateFile is null && ClientKeyFile is not null) options.Refuse("ClientCertificateFile", "is missing, but ClientKeyFile is set; name the certificate that belongs to the key.");
        if (ClientCertificateFile is null) return;
        if (ClientKeyFile is null) options.Refuse("ClientKeyFile", "is missing, but ClientCertificateFile is set; name the key that belongs to the certificate.");
        else if (!PemFile.TryLoadClient(ClientCertificateFile, ClientKeyFile, out var certificate, out var error)) options.Refuse("ClientCertificateFile", error);
        else certificate.Dispose();
    }
}

interface DevicePickerProps {
  readonly label: string;
  readonly kind: MediaDeviceKind;
  readonly devices: readonly MediaDeviceInfo[];
  readonly value: string;
  readonly disabled?: boolean;
  readonly onChange: (deviceId: string) => void;
}

/** A choice among the devices of a kind; absent where there is nothing to choose. */
export function DevicePicker(props: DevicePickerProps) {
  const { label, kind, devices, value, disabled, onChange } = props;
  const choices = devices.filter((one) => one.kind === kind && one.deviceId !== '');
  if (choices.length < 2) return null;
  const known = choices.some((one) => one.deviceId === value);
  return (
    <label className="field">
      <span>{label}</span>
      <select
        value={known ? value : ''}
        disabled={disabled}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      >
        {!known && <option value="">The one in use</option>}
        {choices.map((one, index) => (
          <option key={one.deviceId} value={one.deviceId}>
            {one.label || `${label} ${index + 1}`}
          </option>
        ))}
      </select>
    </label>
  );
}

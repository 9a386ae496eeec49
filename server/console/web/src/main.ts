import { mount } from 'svelte';
import App from './ui/App.svelte';
import './console.css';

document.getElementById('boot')?.remove();
mount(App, { target: document.getElementById('app')! });
